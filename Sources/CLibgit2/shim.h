#pragma once
#include <git2.h>

// git_libgit2_opts is variadic, which Swift cannot call; these are the options we set.
static inline int cgit2_set_owner_validation(int on) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, on);
}
static inline int cgit2_set_cache_max(ssize_t bytes) {
    return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, bytes);
}
