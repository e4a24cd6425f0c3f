/**
 * What stays out of a vault unless its owner says otherwise in `.hqignore` (`!.vscode/` lets one back in): secrets and what points at them, the settings
 * of one person's tools, data sets, prompt libraries, and what a machine makes again by itself. The patterns are those of `.gitignore`, whatever the case and at any depth.
 */
export type HeldBackKind = 'credentials' | 'settings' | 'dataset' | 'prompt library' | 'made by machine';

export interface DefaultRule {
  /** Lower case; matched in any case. */
  readonly patterns: readonly string[];
  readonly kind: HeldBackKind;
  /** Ends the sentence "held back: …". */
  readonly reason: string;
}

export const defaultRules: readonly DefaultRule[] = [
  // Credentials. Names first: a file that is called like a secret is treated as one.
  { patterns: ['.env', '.env.*', '*.env', '.envrc'], kind: 'credentials', reason: 'environment files hold passwords and keys' },
  { patterns: ['*.pem', '*.key', '*.p12', '*.pfx', '*.jks', '*.keystore', '*.ppk', '*.p8'], kind: 'credentials', reason: 'private keys and key stores' },
  { patterns: ['id_rsa*', 'id_dsa*', 'id_ecdsa*', 'id_ed25519*', '.ssh/'], kind: 'credentials', reason: 'SSH keys' },
  { patterns: ['.gnupg/', '*.gpg', '*.kdbx', '.password-store/', '.vault-token'], kind: 'credentials', reason: 'key rings and password stores' },
  {
    patterns: ['.aws/', '.azure/', '.gcloud/', '.config/gcloud/', '.kube/', '.docker/config.json', '.oci/'],
    kind: 'credentials',
    reason: 'sign-ins of cloud tools',
  },
  {
    patterns: [
      'credentials',
      '.credentials',
      'credentials.*',
      '*-credentials.json',
      '*_credentials.json',
      'client_secret*.json',
      '*service-account*.json',
      '*service_account*.json',
    ],
    kind: 'credentials',
    reason: 'credential files of cloud tools',
  },
  {
    patterns: ['secrets/', '.secrets/', 'secrets.*', '.secrets', '*.secret', '*.secrets'],
    kind: 'credentials',
    reason: 'secrets belong under `hq secrets`, not among files',
  },
  { patterns: ['.npmrc', '.yarnrc', '.yarnrc.yml', '.pypirc', '.gem/credentials', '.cargo/credentials*'], kind: 'credentials', reason: 'registry tokens' },
  {
    patterns: ['.netrc', '_netrc', '.git-credentials', '.pgpass', '.my.cnf', '.htpasswd', '.s3cfg', '.boto', 'rclone.conf'],
    kind: 'credentials',
    reason: 'stored passwords',
  },
  {
    patterns: ['auth.json', 'token.json', 'tokens.json', '*.token', '*.ovpn', '*.tfstate', '*.tfstate.*', '*.tfvars'],
    kind: 'credentials',
    reason: 'tokens, or state that holds secrets',
  },
  // Examples of settings are meant to be shared.
  { patterns: ['!.env.example', '!.env.sample', '!.env.template', '!.env.schema', '!*.pub'], kind: 'credentials', reason: 'examples and public keys' },

  // Settings of one person's tools; they name paths, accounts and commands that run by themselves.
  { patterns: ['settings/', '.settings/'], kind: 'settings', reason: 'a settings folder holds what is true of one person or one computer' },
  {
    patterns: ['.claude/settings*', '.claude.json', '.claude/.credentials*', '.claude/projects/'],
    kind: 'settings',
    reason: "an agent's own settings and history",
  },
  { patterns: ['.cursor/', '.windsurf/', '.codex/', '.gemini/', '.continue/', '.aider*'], kind: 'settings', reason: "an assistant's own settings and history" },
  {
    patterns: ['.vscode/', '.idea/', '.zed/', '.vs/', '*.code-workspace', '*.sublime-workspace'],
    kind: 'settings',
    reason: "an editor's settings of one machine",
  },
  {
    patterns: ['.bash_history', '.zsh_history', '.python_history', '.node_repl_history', '.psql_history'],
    kind: 'settings',
    reason: 'shell histories hold what was typed, passwords too',
  },

  // Data sets: large, often licensed or personal, and rarely meant for everyone.
  { patterns: ['datasets/', 'dataset/'], kind: 'dataset', reason: 'a data set; share it on purpose' },
  {
    patterns: ['*.parquet', '*.arrow', '*.feather', '*.orc', '*.avro', '*.tfrecord', '*.hdf5', '*.h5', '*.npz'],
    kind: 'dataset',
    reason: 'a data set; share it on purpose',
  },
  { patterns: ['*.safetensors', '*.gguf', '*.ckpt'], kind: 'dataset', reason: "a model's weights" },

  // Prompt libraries: what a team's agents are told is worth protecting like code.
  {
    patterns: ['prompts/', 'prompt-library/', 'prompt_library/', 'promptlibrary/', '.prompts/'],
    kind: 'prompt library',
    reason: 'a prompt library; share it on purpose',
  },

  // Made again by a machine, or of no use anywhere else.
  { patterns: ['node_modules/', 'bower_components/', '.pnpm-store/', '.yarn/cache/'], kind: 'made by machine', reason: 'installed packages' },
  {
    patterns: ['.venv/', 'venv/', '__pycache__/', '*.pyc', '.tox/', '.mypy_cache/', '.pytest_cache/', '.ruff_cache/'],
    kind: 'made by machine',
    reason: 'made by Python',
  },
  { patterns: ['.cache/', '.turbo/', '.parcel-cache/', '.gradle/'], kind: 'made by machine', reason: 'a cache' },
  {
    patterns: ['.ds_store', '._*', '.spotlight-v100/', '.trashes/', '.fseventsd/', 'thumbs.db', 'desktop.ini', '$recycle.bin/'],
    kind: 'made by machine',
    reason: "an operating system's notes",
  },
  {
    patterns: ['*~', '.*.sw?', '.#*', '\\#*#', '~$*', '.~lock.*#', '*.crdownload', '*.part', '*.tmp'],
    kind: 'made by machine',
    reason: 'a file in the making',
  },
  { patterns: ['.hg/', '.svn/', '.jj/'], kind: 'made by machine', reason: 'a version store; copying one while it is used breaks it' },
];

/** Names that no rule can let in: our own folder, and git's, which breaks when it is copied while in use. */
export const neverSynced: ReadonlyMap<string, string> = new Map([
  ['.hq', "HQ's own notes about this folder"],
  ['.git', 'a version store; copying one while it is used breaks it'],
]);
