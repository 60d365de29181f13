/**
 * Names of files that the hooks hand to `check`: those that it picks up in a folder, and source of Terraform. As `files` in
 * .pre-commit-hooks.yaml, so what Python reads, too.
 */
export const HOOK_FILES =
  /(\.(ya?ml|json|tf|tofu)|[^/]\.(toml|ini|properties|env)|(^|\/)\.env(\.[^/]*)?|(^|[/.])(docker|container)file(\.[^/]*)?)$(?<!\.dockerignore)(?<!\.md)/i;
