/*
 * Lays rows of cells out in columns as wide as their widest cell. Colour takes
 * no room, and one code point is taken to fill one column.
 */
#include "crosstap/report_put.h"

#define REPORT_MAX_COLUMNS 32

/* Columns that a cell takes on the screen: SGR sequences take none, and one
 * code point takes one. */
static size_t
report_cell_width(struct span s)
{
	size_t i, w = 0;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '\033') {
			while (i < s.n && s.p[i] != 'm')
				i++;
			continue;
		}
		w += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	}
	return w;
}

/* Cuts the next cell off a row; false at its end. */
static bool
report_cell_next(struct span *row, struct span *cell)
{
	size_t n;

	if (row->n == 0)
		return false;
	for (n = 0; n < row->n && row->p[n] != '\t'; n++)
		;
	*cell = (struct span){ row->p, n };
	n += n < row->n;
	row->p += n;
	row->n -= n;
	return true;
}

static bool
report_row_next(struct span *rows, struct span *row)
{
	size_t n;

	if (rows->n == 0)
		return false;
	for (n = 0; n < rows->n && rows->p[n] != '\n'; n++)
		;
	*row = (struct span){ rows->p, n };
	n += n < rows->n;
	rows->p += n;
	rows->n -= n;
	return true;
}

static void
report_table_row(
    struct span row, const char *align, const size_t *width, struct buf *out)
{
	size_t c, blanks = 0;
	struct span cell;

	for (c = 0; align[c] != '\0' && report_cell_next(&row, &cell); c++) {
		bool wide = cell.n > 0 && cell.p[0] == REPORT_TABLE_WIDE;
		size_t pad = wide ? 0 : width[c] - report_cell_width(cell);

		if (wide) {
			cell.p++;
			cell.n--;
		}
		/* Blanks wait for the next text: no line ends in them. */
		if (cell.n == 0) {
			blanks += pad + 2;
			continue;
		}
		buf_printf(out, "%*s",
		    (int)(blanks + (align[c] == 'r' ? pad : 0)), "");
		buf_add(out, cell.p, cell.n);
		blanks = (align[c] == 'r' ? 0 : pad) + 2;
	}
	buf_add_char(out, '\n');
}

void
report_table(struct span rows, const char *align, struct buf *out)
{
	size_t width[REPORT_MAX_COLUMNS] = { 0 }, c;
	struct span left = rows, row, cell;

	INVARIANT(strlen(align) <= REPORT_MAX_COLUMNS);
	while (report_row_next(&left, &row))
		for (c = 0; align[c] != '\0' && report_cell_next(&row, &cell);
		     c++) {
			size_t w = report_cell_width(cell);

			if ((cell.n == 0 || cell.p[0] != REPORT_TABLE_WIDE) &&
			    w > width[c])
				width[c] = w;
		}
	while (report_row_next(&rows, &row))
		report_table_row(row, align, width, out);
}
