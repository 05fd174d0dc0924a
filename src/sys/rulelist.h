/*
 * A list of rules, read from files and folders in order of name.
 */
#ifndef SYS_RULELIST_H
#define SYS_RULELIST_H

#include "base/diag.h"
#include "judge/rule.h"

/* Owned, freed by rulelist_clear(). */
struct rulelist {
	struct rule *rule;
	size_t n;
};
void rulelist_clear(struct rulelist *l);

/* Adds the rule of a text; name is that of its file. */
bool rulelist_add(struct rulelist *l, const char *name, struct span text,
    struct diag *d) MUSTCHECK;
/* Adds the rule of one file. */
bool
rulelist_load(struct rulelist *l, const char *path, struct diag *d) MUSTCHECK;

/* Adds the rule of a file, or of every *.yaml in a folder, in order of name.
 * A folder without any is an error. */
bool rulelist_load_path(
    struct rulelist *l, const char *path, struct diag *d) MUSTCHECK;

/* The text of that file, or of every such file. False with d set ends it. */
typedef bool
rulelist_text_fn(void *arg, const char *name, struct span text, struct diag *d);
bool rulelist_each(const char *path, rulelist_text_fn *fn, void *arg,
    struct diag *d) MUSTCHECK;

/* Loads and compiles: what rules_new() says of them is said here. NULL with
 * a message. */
struct rules *
rulelist_compile(const char *const *paths, size_t npaths, struct diag *d);

/* The names of the files below path, or path itself if it is a file: sorted,
 * owned by the caller, freed by rulelist_free_names(). */
bool rulelist_names(
    const char *path, char ***out, size_t *n, struct diag *d) MUSTCHECK;
void rulelist_free_names(char **names, size_t n);

/* The folder of rules: of the option, of CROSSTAP_RULES, or the installed one.
 * Borrowed. */
const char *rulelist_dir(const char *option);

#endif
