/*
 * An input is the plain bytes of one open file, whatever it is compressed
 * with: the format is told by its first bytes. Good bytes always come first;
 * what is wrong is said at the end.
 */
#ifndef SOURCE_INPUT_H
#define SOURCE_INPUT_H

#include "source/source.h"

struct input;

/* Takes fd in every case, which is one of files (NULL: those of this machine);
 * files is borrowed. name is borrowed and used for its suffix. NULL when
 * out of memory (trouble is then TROUBLE_UNREADABLE). */
struct input *input_new(const struct files *files, int fd, const char *name);
void input_free(struct input *in);

/* Up to max bytes; 0 at the end, or where the trouble begins. May return less
 * than is there. */
size_t input_read(struct input *in, char *to, size_t max);

/* Plain files that can be read at any offset. Looks at the first bytes. */
bool input_is_plain(struct input *in);
bool input_is_seekable(struct input *in);
/* Without moving the input; less than max at the end of the file or on an
 * error. Only if seekable. */
size_t input_read_at(struct input *in, char *to, size_t max, uint64_t offset);
void input_seek(struct input *in, uint64_t offset); /* only if seekable */

uint64_t input_size(const struct input *in);       /* at opening; 0 unknown */
uint64_t input_bytes_read(const struct input *in); /* from disk */
/* Why the input ended; TROUBLE_NONE while it has not, or ended well. */
enum source_trouble input_trouble(const struct input *in, struct diag *d);

/* How long ago a file was changed counts as being written to right now. */
#define INPUT_YOUNG_S 600

#endif
