package cloudformation

// expandServerless adds what the transform AWS::Serverless makes.
func (s *stack) expandServerless(scope) {}
