/*
 * The files that pages need, as texts: made of the files of their names by the
 * build.
 */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

extern const char assets_css[];
extern const char assets_js[];

#endif
