"""Registration (登记): services that outside systems offer to applicants, and the applications that come by them.

A service names a process of `support.workflow` and the forms that are asked; an application is a case of that process. Offices handle
it at their workbench as any other, or operators of an admitted system do so from there.
"""
