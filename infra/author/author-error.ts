/** Author error: what is wrong with a file that an author wrote, in words for them: where, and what to do. */
export class AuthorError extends Error {}
