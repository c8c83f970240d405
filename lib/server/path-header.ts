/** Which page is asked for: proxy.ts says so, since Next does not. */
export const PATH_HEADER = "x-lockkeeper-path";
