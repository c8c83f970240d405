variable "lockkeeper_role_arn" {
  description = "The role that Lockkeeper itself runs with; it alone may assume the roles of this account."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", var.lockkeeper_role_arn))
    error_message = "Write the ARN of a role. An account's root would let everybody in that account in."
  }
}

variable "external_id" {
  description = "accounts[].externalId of lockkeeper.yaml, different for each account."
  type        = string
  sensitive   = true

  validation {
    condition     = can(regex("^[\\w+=,.@:/-]{2,1224}$", var.external_id))
    error_message = "Write 2 to 1224 letters, digits and _+=,.@:/-."
  }
}

variable "buckets" {
  description = "Names of the state buckets."
  type        = set(string)
  default     = []
}

variable "tables" {
  description = "Lock tables, as region and name."
  type        = set(object({ region = string, name = string }))
  default     = []
}

variable "kms_key_arns" {
  description = "Customer-managed keys that these buckets or tables are encrypted with."
  type        = set(string)
  default     = []
}

variable "with_restore" {
  description = "Whether unlocks can be undone: makes a third role, which can create a lock where nothing is."
  type        = bool
  default     = true
}

variable "require_source_identity" {
  description = "Refuses unlocks that do not name the person. Set sourceIdentity: required in lockkeeper.yaml too."
  type        = bool
  default     = true
}

variable "name_prefix" {
  description = "Roles are called <prefix>-scan, <prefix>-unlock and <prefix>-restore."
  type        = string
  default     = "lockkeeper"
}
