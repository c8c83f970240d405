data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

module "policies" {
  source = "./policies"

  account_id   = data.aws_caller_identity.current.account_id
  partition    = data.aws_partition.current.partition
  buckets      = var.buckets
  tables       = var.tables
  kms_key_arns = var.kms_key_arns
}

locals {
  documents = merge(
    { scan = module.policies.scan, unlock = module.policies.unlock },
    var.with_restore ? { restore = module.policies.restore } : {},
  )

  # Scans run without a person; unlocks and restores are always somebody's.
  named = { for name in keys(local.documents) : name => name != "scan" && var.require_source_identity }
}

data "aws_iam_policy_document" "trust" {
  for_each = local.documents

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.lockkeeper_role_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }

    condition {
      test     = "StringLike"
      variable = "sts:RoleSessionName"
      values   = ["lockkeeper-*"]
    }

    dynamic "condition" {
      for_each = local.named[each.key] ? [true] : []

      content {
        test     = "Null"
        variable = "sts:SourceIdentity"
        values   = ["false"]
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "scan" ? [] : [true]

    content {
      actions = ["sts:SetSourceIdentity"]

      principals {
        type        = "AWS"
        identifiers = [var.lockkeeper_role_arn]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.documents

  name                 = "${var.name_prefix}-${each.key}"
  description          = "Lockkeeper: ${each.key} Terraform state locks"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "this" {
  for_each = local.documents

  name   = each.key
  role   = aws_iam_role.this[each.key].id
  policy = each.value
}
