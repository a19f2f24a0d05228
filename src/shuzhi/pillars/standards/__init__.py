"""Standards (标准规范): versioned code lists, data elements, validators with their sources, calendars."""
