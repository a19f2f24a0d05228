"""Standards (标准规范): code lists with history, validators that name their standard, working-day calendars."""
