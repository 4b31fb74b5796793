import i18next from 'eslint-plugin-i18next'
import hooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['src/api/generated/**', 'node_modules/**'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks, i18next },
    rules: {
      ...hooks.configs.recommended.rules,
      'max-lines': ['error', { max: 250 }],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'i18next/no-literal-string': ['error', { mode: 'jsx-text-only' }],
    },
  },
  {
    files: ['**/*.test.{ts,tsx}', 'e2e/**'],
    rules: {
      'i18next/no-literal-string': 'off',
      'max-lines': ['error', { max: 400 }],
      'react-hooks/rules-of-hooks': 'off', // Playwright's fixtures have a `use` of their own
      'no-empty-pattern': 'off',
    },
  },
)
