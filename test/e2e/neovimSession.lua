-- A user in Neovim, with nothing but its own language client: reads the diagnostics, hovers, pins by a code action.
-- Takes its orders from environment variables, and writes what it saw as JSON.

local patience_ms = 120000
local request_ms = 20000

local function wait_for(what, condition)
  if not vim.wait(patience_ms, condition, 50) then
    error(what .. " did not happen within " .. patience_ms .. " ms.")
  end
end

local function start_server()
  local config = {
    name = "knative-digest",
    cmd = vim.json.decode(vim.env.SERVER_COMMAND),
    root_dir = vim.env.WORKSPACE,
  }
  -- vim.lsp.start is Neovim 0.8's; before, the two steps were the user's.
  if vim.lsp.start then
    vim.lsp.start(config)
  else
    vim.lsp.buf_attach_client(0, vim.lsp.start_client(config))
  end
  local clients = vim.lsp.get_clients or vim.lsp.get_active_clients
  wait_for("The server's start", function()
    local client = clients()[1]
    return client ~= nil and client.initialized == true
  end)
end

local function go_to(text)
  assert(vim.fn.search(vim.fn.escape(text, "/\\."), "cw") > 0, text .. " is not in the file.")
end

local function hover_contents()
  local params = vim.lsp.util.make_position_params(0, "utf-16")
  local answers = vim.lsp.buf_request_sync(0, "textDocument/hover", params, request_ms) or {}
  for _, answer in pairs(answers) do
    if answer.result and answer.result.contents then
      local lines = vim.lsp.util.convert_input_to_markdown_lines(answer.result.contents)
      return table.concat(lines, "\n")
    end
  end
  return ""
end

-- Asks outside of vim.wait, inside of which Neovim takes no answers.
local function hover_when_it_shows(text)
  local deadline = vim.loop.now() + patience_ms
  repeat
    local hover = hover_contents()
    if hover:find(text, 1, true) then return hover end
    vim.wait(50, function() return false end)
  until vim.loop.now() > deadline
  error(text .. " did not come into the hover within " .. patience_ms .. " ms.")
end

local function diagnostics()
  local seen = {}
  for _, each in ipairs(vim.diagnostic.get(0)) do
    local text = vim.api.nvim_buf_get_text(0, each.lnum, each.col, each.end_lnum, each.end_col, {})
    local code = each.code or (each.user_data and each.user_data.lsp and each.user_data.lsp.code)
    table.insert(seen, { code = code, source = each.source, message = each.message, text = text[1] })
  end
  return seen
end

local function run()
  vim.cmd("edit " .. vim.fn.fnameescape(vim.env.FILE))
  start_server()
  go_to(vim.env.IMAGE)

  local hover = hover_when_it_shows(vim.env.DIGEST)

  wait_for("The diagnostic " .. vim.env.CODE, function()
    for _, each in ipairs(diagnostics()) do
      if each.code == vim.env.CODE then return true end
    end
    return false
  end)

  -- The user picks the first action that pins.
  local titles = {}
  vim.ui.select = function(items, options, choose)
    for _, item in ipairs(items) do
      local title = options.format_item(item)
      table.insert(titles, title)
    end
    for index, title in ipairs(titles) do
      if title:find("^Pin") then return choose(items[index], index) end
    end
  end
  vim.lsp.buf.code_action()
  wait_for("The pin in the file", function()
    local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
    return text:find("@" .. vim.env.DIGEST, 1, true) ~= nil
  end)
  vim.cmd("write")
  return { hover = hover, diagnostics = diagnostics(), titles = titles }
end

local ok, result = pcall(run)
local file = assert(io.open(vim.env.RESULTS, "w"))
file:write(vim.json.encode(ok and result or { error = tostring(result) }))
file:close()
vim.cmd("qall!")
