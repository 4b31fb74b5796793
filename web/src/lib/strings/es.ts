export default import.meta.glob<Record<string, unknown>>('/src/**/strings/es.json', {
  eager: true,
  import: 'default',
})
