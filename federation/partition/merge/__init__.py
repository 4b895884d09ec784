"""In: the partitions' objects at one position (`Shares`). Out: the one value that the client sees there.

`compile_merge` derives these mergers once per operation from the contract; a merger keeps nothing of a request.
"""
