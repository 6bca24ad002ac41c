"""Reports as one page of HTML: pictures, a sentence for each, and the table behind it."""
