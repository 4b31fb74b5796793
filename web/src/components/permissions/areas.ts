// Which permission stands in which group. A permission that the server adds fails to compile here.
import { permissions, type Permission } from '@/api/generated/permissions'

export const areas = ['inbox', 'messaging', 'contacts', 'templates', 'campaigns', 'sales', 'settings', 'reports'] as const
export type Area = (typeof areas)[number]

const areaOf: Record<Permission, Area> = {
  viewAllConversations: 'inbox',
  assignConversations: 'inbox',
  resolveConversations: 'inbox',
  sendMessages: 'messaging',
  sendTemplates: 'messaging',
  sendCampaigns: 'messaging',
  scheduleMessages: 'messaging',
  viewContacts: 'contacts',
  createContacts: 'contacts',
  editContacts: 'contacts',
  deleteContacts: 'contacts',
  importContacts: 'contacts',
  exportContacts: 'contacts',
  viewTemplates: 'templates',
  createTemplates: 'templates',
  editTemplates: 'templates',
  deleteTemplates: 'templates',
  submitTemplates: 'templates',
  viewCampaigns: 'campaigns',
  createCampaigns: 'campaigns',
  editCampaigns: 'campaigns',
  launchCampaigns: 'campaigns',
  pauseCampaigns: 'campaigns',
  viewDeals: 'sales',
  createDeals: 'sales',
  editDeals: 'sales',
  deleteDeals: 'sales',
  manageTeam: 'settings',
  manageBilling: 'settings',
  manageIntegrations: 'settings',
  manageWebhooks: 'settings',
  viewAuditLogs: 'settings',
  viewAnalytics: 'reports',
  viewReports: 'reports',
  exportData: 'reports',
}

export const permissionsByArea: { area: Area; permissions: Permission[] }[] = areas.map((area) => ({
  area,
  permissions: permissions.filter((permission) => areaOf[permission] === area),
}))
