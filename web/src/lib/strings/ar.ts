export default import.meta.glob<Record<string, unknown>>('/src/**/strings/ar.json', {
  eager: true,
  import: 'default',
})
