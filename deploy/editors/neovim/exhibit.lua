-- Exhibit in Neovim's own client. Neovim 0.11: save it as lsp/exhibit.lua in your configuration and call vim.lsp.enable('exhibit').
-- Older ones: save it as lua/exhibit.lua and call require('exhibit').setup().
local config = {
  cmd = { 'exhibit', 'lsp' },
  filetypes = { 'yaml', 'json', 'terraform', 'terraform-vars', 'hcl', 'rego', 'dockerfile', 'toml', 'dosini', 'jproperties' },
  root_markers = { '.exhibit.yaml', '.exhibit', 'exhibit.yaml', '.git' },
  -- bundle, bundleKeys, maxInputSize, policyPage: see docs/how-to/editor.md. Empty: what `exhibit check` takes.
  init_options = vim.empty_dict(),
}

-- Starts the client for files of these types, in a Neovim that has no vim.lsp.config yet.
function config.setup(options)
  options = options or {}
  vim.api.nvim_create_autocmd('FileType', {
    pattern = config.filetypes,
    callback = function(event)
      local name = vim.api.nvim_buf_get_name(event.buf)
      local root
      local at = vim.fn.fnamemodify(name, ':p:h')
      while root == nil do
        for _, marker in ipairs(config.root_markers) do
          local path = at .. '/' .. marker
          if vim.fn.filereadable(path) == 1 or vim.fn.isdirectory(path) == 1 then root = at end
        end
        local above = vim.fn.fnamemodify(at, ':h')
        if above == at then break end
        at = above
      end
      root = root or vim.fn.fnamemodify(name, ':p:h')
      local settings = {
        name = 'exhibit',
        cmd = options.cmd or config.cmd,
        root_dir = root,
        init_options = options.init_options or config.init_options,
      }
      if vim.lsp.start then
        vim.lsp.start(settings)
        return
      end
      settings.workspace_folders = { { uri = vim.uri_from_fname(root), name = root } }
      for _, client in pairs(vim.lsp.get_active_clients()) do
        if client.name == 'exhibit' and client.config.root_dir == root then
          vim.lsp.buf_attach_client(event.buf, client.id)
          return
        end
      end
      vim.lsp.buf_attach_client(event.buf, vim.lsp.start_client(settings))
    end,
  })
end

return config
