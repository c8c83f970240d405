output "scan" {
  description = "Policy document of the role that scans."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.scan })
}

output "unlock" {
  description = "Policy document of the role that unlocks."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.unlock })
}

output "restore" {
  description = "Policy document of the role that puts locks back."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.restore })
}
