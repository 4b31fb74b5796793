export default import.meta.glob<Record<string, unknown>>('/src/**/strings/hi.json', {
  eager: true,
  import: 'default',
})
