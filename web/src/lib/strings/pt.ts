export default import.meta.glob<Record<string, unknown>>('/src/**/strings/pt.json', {
  eager: true,
  import: 'default',
})
