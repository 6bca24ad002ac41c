"""Results as people and programs see them: sentences, JSON, tables and pages, shared by every door.

Nothing is computed here that bears on money, and no store is opened. Days and instants are shown in
UTC, and say so.

The way through it: `serialise` says what a *model* of a result is and makes JSON of it; the models
stand in modules named as the rooms whose results they show (`accounts`, `statements`, `runs` …). `tables`
says what a table is, and makes CSV of it, `listings` has the tables of results, `cells` puts values into words; a terminal lays them out (`cli.tables`).
`sentences` puts what results say as data (`facts`) into words. A folder for each result that is more
than a table (`review`, `capacity`, `reconciliation`) has its model, its words and the parts of its page. `for_customers` says
what of all this a customer is told, `masking` takes the last digits off numbers.
"""
