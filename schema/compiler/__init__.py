"""The compiler: an operation and an access plan become one SQL statement that returns the response text.

Rooms, in the order in which an operation passes them:

    documents   text -> checked document, kept; variables -> values and their shape
    select      document + plan -> tree of what to read, refusals, redactions  (filters, orders, values)
    shape       tree -> one SQLAlchemy Core statement                          (elements, dialect)
    program     statement -> SQL text, binders, holes; run it, fill the holes
    engine      caches and the way of a request through all of it

`docs/compiler.md` explains it with a picture.
"""
