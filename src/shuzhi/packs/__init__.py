"""Packs (应用包): what a pack is; loading, checking and installing it. Applications are data, not programs."""
