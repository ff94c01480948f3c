/** Style: a sheet that a module imports has no names of its own; the build puts it beside the script. */
declare module '*.css' {}
