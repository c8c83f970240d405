output "role_arns" {
  description = "The roles, by what they do."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}

output "lockkeeper_yaml" {
  description = "The lines of this account for lockkeeper.yaml, without name, region, buckets and tables."
  value = join("\n", concat(
    ["id: \"${data.aws_caller_identity.current.account_id}\""],
    [for name, role in aws_iam_role.this : "${name}RoleArn: ${role.arn}"],
    var.require_source_identity ? ["sourceIdentity: required"] : [],
  ))
}
