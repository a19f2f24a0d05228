"""The Merkle log (默克尔日志) behind `audit`: how entries get places, what is signed, proven and recomputed.

| topic | files |
|---|---|
| the tree and its signed heads, free of the database | `merkle`, `notes` |
| writing | `sealing`, `unfolding` |
| proving | `proofs`, `receipts`, `exporting` |
| recomputing | `verifying`, and its parts `checking`, `sharing`, `reading`, `unplaced`, `formerly`, `findings` |
"""
