from shuzhi.pillars.security.types import Permission

# Whoever installs packs installs matters, and everybody may look a matter up. What is done in a case is `cases`' to say.
PERMISSIONS: tuple[Permission, ...] = ()
