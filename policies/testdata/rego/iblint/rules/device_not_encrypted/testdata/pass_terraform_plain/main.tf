resource "x" "y" {
  encrypted = true
}
