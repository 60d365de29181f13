/** Names of files that the hooks hand to `check`; as `files` in .pre-commit-hooks.yaml. */
export const HOOK_FILES = /\.(?:ya?ml|json|tf|tofu)$/i;
