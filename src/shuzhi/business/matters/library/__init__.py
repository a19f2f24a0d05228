"""The library of matters (事项库): declared by packs, found by everyday words, asked for what a person must bring."""
