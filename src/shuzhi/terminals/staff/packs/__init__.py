"""Page of the packs (应用包): what is installed, by whom it is kept, and whether it passes its checks."""
