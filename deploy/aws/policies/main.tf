# What the roles of a target account may do, as data: no provider is needed to read it, so it can be checked anywhere.

locals {
  bucket_arns = [for name in var.buckets : "arn:${var.partition}:s3:::${name}"]
  lock_arns   = [for arn in local.bucket_arns : "${arn}/*.tflock"]
  table_arns  = [for table in var.tables : "arn:${var.partition}:dynamodb:${table.region}:${var.account_id}:table/${table.name}"]

  has_buckets = length(var.buckets) > 0
  has_tables  = length(var.tables) > 0
  has_keys    = length(var.kms_key_arns) > 0

  # Without it S3 answers 403 for a lock that is gone.
  list_buckets = [for statement in [{
    Sid      = "ListStateBuckets"
    Effect   = "Allow"
    Action   = ["s3:ListBucket"]
    Resource = local.bucket_arns
  }] : statement if local.has_buckets]

  read_locks = [for statement in [{
    Sid      = "ReadLockFiles"
    Effect   = "Allow"
    Action   = ["s3:GetObject"]
    Resource = local.lock_arns
  }] : statement if local.has_buckets]

  never_touch_state = [for statement in [{
    Sid         = "NeverTouchState"
    Effect      = "Deny"
    Action      = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"]
    NotResource = local.lock_arns
  }] : statement if local.has_buckets]

  decrypt = [for statement in [{
    Sid      = "ReadEncryptedLocks"
    Effect   = "Allow"
    Action   = ["kms:Decrypt"]
    Resource = tolist(var.kms_key_arns)
  }] : statement if local.has_keys]

  scan = concat(
    local.list_buckets,
    [for statement in [{
      Sid      = "ProveRemovals"
      Effect   = "Allow"
      Action   = ["s3:ListBucketVersions"]
      Resource = local.bucket_arns
    }] : statement if local.has_buckets],
    local.read_locks,
    [for statement in [{
      Sid      = "ReadLockTables"
      Effect   = "Allow"
      Action   = ["dynamodb:Scan", "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:DescribeTable"]
      Resource = local.table_arns
    }] : statement if local.has_tables],
    local.decrypt,
    local.never_touch_state,
    [{
      Sid    = "NeverWrite"
      Effect = "Deny"
      Action = [
        "s3:Put*", "s3:Delete*", "s3:Restore*",
        "dynamodb:Put*", "dynamodb:Delete*", "dynamodb:Update*", "dynamodb:BatchWrite*", "dynamodb:PartiQL*",
      ]
      Resource = "*"
    }],
  )

  unlock = concat(
    local.list_buckets,
    local.read_locks,
    [for statement in [{
      Sid       = "DeleteOnlyIfUnchanged"
      Effect    = "Allow"
      Action    = ["s3:DeleteObject"]
      Resource  = local.lock_arns
      Condition = { Null = { "s3:if-match" = "false" } }
    }] : statement if local.has_buckets],
    [for statement in [{
      Sid      = "ReleaseLockItems"
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:DeleteItem"]
      Resource = local.table_arns
      }, {
      Sid       = "NeverTouchDigests"
      Effect    = "Deny"
      Action    = ["dynamodb:DeleteItem"]
      Resource  = local.table_arns
      Condition = { "ForAnyValue:StringLike" = { "dynamodb:LeadingKeys" = ["*-md5"] } }
    }] : statement if local.has_tables],
    local.decrypt,
    local.never_touch_state,
    [{
      Sid      = "NeverRemoveHistory"
      Effect   = "Deny"
      Action   = ["s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration", "s3:BypassGovernanceRetention"]
      Resource = "*"
    }],
  )

  restore = concat(
    local.list_buckets,
    local.read_locks,
    [for statement in [{
      Sid       = "CreateOnlyWhereNothingIs"
      Effect    = "Allow"
      Action    = ["s3:PutObject"]
      Resource  = local.lock_arns
      Condition = { Null = { "s3:if-none-match" = "false" } }
    }] : statement if local.has_buckets],
    [for statement in [{
      Sid      = "RestoreLockItems"
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      Resource = local.table_arns
      }, {
      Sid       = "NeverTouchDigests"
      Effect    = "Deny"
      Action    = ["dynamodb:PutItem"]
      Resource  = local.table_arns
      Condition = { "ForAnyValue:StringLike" = { "dynamodb:LeadingKeys" = ["*-md5"] } }
    }] : statement if local.has_tables],
    [for statement in [{
      Sid      = "WriteEncryptedLocks"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = tolist(var.kms_key_arns)
    }] : statement if local.has_keys],
    local.never_touch_state,
    [{
      Sid      = "NeverDelete"
      Effect   = "Deny"
      Action   = ["s3:Delete*", "dynamodb:Delete*"]
      Resource = "*"
    }],
  )
}
