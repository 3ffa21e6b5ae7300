import { readGatewaySettings } from './settings.ts'

readGatewaySettings(process.env)
