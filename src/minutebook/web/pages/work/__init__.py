"""Pages of long work: asked for, done by a worker, looked at while it is done.

The way through it: `jobs` has all of it, `job_results` what came of it, `schedules` what the clock asks for.
"""
