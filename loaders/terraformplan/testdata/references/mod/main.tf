variable "v" {}
variable "k" {}
resource "terraform_data" "x" { input = "${var.v}-${var.k}" }
output "o" { value = terraform_data.x.id }
output "p" { value = { z = var.v } }
