/*
 * truth.json: the findings that a comparison of the logs should make.
 */
#ifndef SIMULATE_TRUTH_H
#define SIMULATE_TRUTH_H

#include "base/buf.h"
#include "simulate/simulate.h"

void truth_format(const struct plan *plan,
    const struct simulate_outcome *outcome, struct buf *out);

#endif
