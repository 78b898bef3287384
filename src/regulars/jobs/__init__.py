"""Jobs: what is not answered at once. Drafts of programs, imports and exports, the time limits of reserved redemptions.

Law:

1. A job belongs to one worker while its lease runs; when that is over another takes it up, and nothing is done twice.
2. A draft is published by somebody else than who wrote it, as it was looked at: by its checksum.
3. What was asked for under one Idempotency-Key is one job.
4. Files are kept in parts, so that none has to fit into memory.
"""
