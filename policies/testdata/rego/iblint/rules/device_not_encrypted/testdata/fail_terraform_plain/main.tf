resource "x" "y" {
  encrypted = false
}
