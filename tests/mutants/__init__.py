"""Would the tests notice? One small mistake at a time in what must not fail, and the tests of it.

    make mutants MUTANTS="--sample 500 --seed 1"

The public tools change Python only; here what decides is often SQL in a string, so mistakes are
made there too. It is not part of `make test`.
"""
