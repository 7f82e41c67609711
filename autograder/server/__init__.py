"""The verdict beside the notebook: a Jupyter server extension with the course map and each lesson's verdict, renewed at every save."""
