"""Forms (表单): questions declared in a pack, the same for browser, window and kiosk, filled from registers.

A form is JSON Schema 2020-12, a layout, logic in FEEL and what government already knows. `engine` answers what a set
of answers means (visible, required, values, errors), equal in browser and server; `services` keep drafts and submissions.
"""
