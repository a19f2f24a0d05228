"""Design (设计体系): the tokens, parts and frames that every page of both terminals is made of.

A part is a frozen value of `types` with one template; `{% part value %}` draws it. Pages bring values, never markup
of their own for what a part already says. `/staff/design/` shows every part.
"""
