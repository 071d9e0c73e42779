variable "name" { default = "x" }
variable "on" {
  type    = bool
  default = true
}
locals { l = terraform_data.a.id }
resource "terraform_data" "a" { input = var.name }
resource "terraform_data" "c" {
  count = 2
  input = terraform_data.a.id
}
resource "terraform_data" "e" {
  for_each = { a = terraform_data.a.id, b = "k" }
  input    = each.value
}
module "m" {
  source   = "./mod"
  for_each = toset(["p", "q"])
  v        = terraform_data.c[0].id
  k        = each.key
}
resource "terraform_data" "l" { input = [local.l, terraform_data.c[*].id, terraform_data.c[1].output, var.on ? terraform_data.a.id : null, jsonencode({ a = terraform_data.a.id }), "s"] }
resource "terraform_data" "m" { input = module.m["p"].o }
resource "terraform_data" "n" {
  for_each   = terraform_data.e
  input      = each.value.id
  depends_on = [terraform_data.l]
}
resource "terraform_data" "i" {
  count = 2
  input = { q = terraform_data.c[count.index].id, v = module.m["p"].p.z, w = sensitive("x") }
}
output "o" { value = module.m["q"].o }
output "s" {
  sensitive = true
  value     = sensitive("z")
}
