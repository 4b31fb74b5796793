export default import.meta.glob<Record<string, unknown>>('/src/**/strings/en.json', {
  eager: true,
  import: 'default',
})
