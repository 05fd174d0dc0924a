#!/bin/sh
# The scenarios of the evaluation that are quick, for make check.
exec sh "${srcdir:?}/tests/evaluate/evaluate.sh" check
