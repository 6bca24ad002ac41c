"""Pages of records of calls: from the file that is sent to the charge that came of it, and what is mended on the way.

The way through it: `new_imports` takes files in, `imports` has those that were; `quarantine` what waits, `discarded` what was given
up, `unpriced` what no card prices; `traces` leads from charges to calls and back. `correct_call`, `correct_days`, `correct_file` and `corrections`
mend calls, after `correcting` has shown what it comes to.
"""
