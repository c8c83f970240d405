variable "account_id" {
  description = "The account that holds the buckets and tables."
  type        = string
}

variable "partition" {
  description = "aws, aws-cn or aws-us-gov."
  type        = string
}

variable "buckets" {
  description = "Names of the state buckets."
  type        = set(string)
}

variable "tables" {
  description = "Lock tables, as region and name."
  type        = set(object({ region = string, name = string }))
}

variable "kms_key_arns" {
  description = "Keys that buckets or tables are encrypted with."
  type        = set(string)
}
