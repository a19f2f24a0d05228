"""Ratings (好差评): what a person says of how they were served, once for each subject; who is dissatisfied is called back.

One port for all that serves somebody: loops, processes, and the rooms above, which say here whom a case of theirs served.
"""
