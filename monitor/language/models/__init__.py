"""The two models, as they run in a school: numpy for the small one, onnxruntime for the other."""
