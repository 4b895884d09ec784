"""In: an operation's machine, state and history, and what an officer wants to do. Out: the next state, or a refusal.

Machines are data: which states there are, which actions lead from one to another, who may take them, what they need.
"""
